"""Roles that an account makes itself: the list, one role with its people, a new one."""
