"""Who is contacted next if too few people answer."""
