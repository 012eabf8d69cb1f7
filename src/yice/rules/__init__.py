"""Policy as data: packs, the expression language, the three-valued columnar kernel, explanations. No Django."""
