"""One accepted call: request, preparation, acceptance."""
