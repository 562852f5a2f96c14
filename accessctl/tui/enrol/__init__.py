"""Enrolment: a person, a reader, and what is shown to it."""
