"""From what a person types to a place on the ground: parse, normalise, match.

normalise      spelling variants folded away, so that equal addresses are equal text
parsing        street or compound, house number, building, entrance, room
street_names   which known streets a typed name may mean, and how likely each is
matching       how well the doors of a street answer a house number, and places between them
resolving      both together: candidates with a confidence that means something
search         candidates out of the registered addresses and places
"""
