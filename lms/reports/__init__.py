"""First screens of each role and overviews across domains; reads everything, owns nothing."""
