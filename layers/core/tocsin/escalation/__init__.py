"""Who is told next if too few answer."""
