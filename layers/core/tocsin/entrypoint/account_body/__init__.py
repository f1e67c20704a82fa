"""The settings of an account, as calls and answers have them."""
