"""Reads texts, tables and pictures of any size and encoding and turns them into token ids and
batches. Where to look:

what tasks derive from  opened (a corpus is read), drawn (sequences are drawn)
files to text           reader, encodings
text to ids             words, vocabulary, counting, encoded, token_store, lexicon
ids to batches          rows (one long text), sentences (many examples), held_out, balance
one format each         pairs, labelled, tagged, trees, named, pictures, stories, series, partners
what the user sees      portrait and the others of that name
how well it is done     judged, written, ngrams, letter_pairs
"""
