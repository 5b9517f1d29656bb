"""The resident's desk: who answers for my street, and how do I reach them?"""
