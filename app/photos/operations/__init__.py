"""What photos can do, one module per verb: come in, be kept, made safe, shown, erased, swept."""
