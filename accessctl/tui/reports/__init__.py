"""The page of reports: what the record and the people's store tell, and reviews of who has access."""
