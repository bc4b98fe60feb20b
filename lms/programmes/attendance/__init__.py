"""Who was there: lists by hand and from reports of video meetings, and the hours they give."""
