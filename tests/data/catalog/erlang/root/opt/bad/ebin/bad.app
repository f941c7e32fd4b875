this is no term
