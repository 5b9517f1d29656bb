"""Plans out of files and into them.

fields    which column means what
features  rows of a file as grids-to-be: words, kinds, levels as written
placed    grids with their place in the hierarchy, and which of them no plan can hold
levels    who lies below whom: by the parent's name, by codes, or by containment
assembly  grids to be written: parents, lineages, unassigned land
findings  where a file does not fit, and who may get the land
telling   what must be decided first, and what is good to know, in sentences
proposal  a file read, mended and compared: what a dry run shows
changes   what would change hands compared with the plan in force
drafts    a proposal written as a draft
export    a plan as rows for a file or a table
four_limits  the four limits of grids in words
digest    whether two plans are the same, whatever carried them
"""
