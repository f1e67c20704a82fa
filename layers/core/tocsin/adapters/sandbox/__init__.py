"""The providers of sandbox keys, with the recipients in `senders`: the pipeline runs, but sends nothing."""
