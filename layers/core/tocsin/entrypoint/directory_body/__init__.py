"""Bodies of the directory on the wire: the fields of each kind, and the operations with them."""
