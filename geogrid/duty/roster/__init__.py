"""The roster as a table: read, judged row by row, accepted in one transaction.

`reading`: bytes -> cells. `columns`: which column is what, and which are never read. `rows`: cells
-> what a row says. `grids`, `people`: whom and where it means. `judging`: what would happen, what
is wrong. `portraits`: pictures to names. `accepting`: the write. `sheets`: template and report.
Nothing of a table is kept between looking and accepting.
"""
