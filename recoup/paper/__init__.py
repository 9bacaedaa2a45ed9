"""Room: paper. Turns data into sealed, accessible PDFs; knows no cases, no database and no clock."""
