"""What a number is worth: columns and how they are held, tables, claims, statistics, drawing."""
