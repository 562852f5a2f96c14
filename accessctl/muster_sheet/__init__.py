"""Who is inside, as a list that can be ticked off: on a screen, on paper, on a phone. Pure; asks nobody."""
