"""Fills a dataset and prints its id: fill.py GATE EMAIL PASSWORD MONGODB_URI SIZE"""
import sys

from filled import filled

print(filled(int(sys.argv[5])))
