"""The page of a release: what the published tables say, for a reader without SQL.

`questions` asks the tables, `tables` words the answers, `charts` draws them, `page` puts one file together.
"""
