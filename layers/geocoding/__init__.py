"""From what a person types to a place on the ground: parse, normalise, match.

normalise   spelling variants folded away, so that equal addresses are equal text
parsing     street or compound, house number, entrance
matching    how well an address answers a question, 0 to 1, and why
search      candidates out of the registered addresses, through the trigram index
"""
