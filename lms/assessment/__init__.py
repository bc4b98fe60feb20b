"""Items, quizzes, attempts, answers, scores and marks.

An answer is on the server before the page says so; a score is computed by pure, versioned item types;
what a person must mark waits in a queue; nothing is shown before its release.
"""
