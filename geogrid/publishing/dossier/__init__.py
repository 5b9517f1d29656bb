"""The dossier of a plan (划分方案): everything somebody needs who has to defend or sign it.

`gathering` reads a plan once and knows no paper; `maps` draws; `paper` makes the PDF, `workbook`
the XLSX; `making` is the only part that writes to the database.
"""
