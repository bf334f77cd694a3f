"""`make bench`: the engine against the plain ffmpeg command line, in CPU time of whole process trees."""
