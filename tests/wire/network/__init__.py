"""The network API with the official clients as its subjects."""
