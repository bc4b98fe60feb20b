"""Facts -> rules -> completion of phase, stage and programme, each "belum" with its reasons.

All facts are gathered again each time and pure rules are evaluated, so that order and repetition of
events cannot matter; rows are written only where something changed.
"""
