"""What people see: components (`ui`), pages for staff (`desk`)."""
