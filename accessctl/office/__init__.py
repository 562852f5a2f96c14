"""The rules of the office: which local user is whom, what needs two people, where the API is served."""
