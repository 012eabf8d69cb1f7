"""The face of Yice: layout, components, forms, display modes. No rule and no query of its own stands here."""
