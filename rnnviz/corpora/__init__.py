"""From files to token ids: encodings, folders, vocabularies, texts larger than memory."""
