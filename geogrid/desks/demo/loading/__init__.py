"""The two demo towns, filled by the same functions that commands and desks call.

towns      what is said of each town: names, files, time zone
people     workers, posts, what is shown of them, accounts behind the doors
stories    what residents report, and how far it got
rounds     when hazard points were last visited
steps      all of it in order; each step once, so a stopped load goes on where it was
"""
