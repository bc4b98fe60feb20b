"""Pages of quizzes: taking one, help for participants, scoring again, marks opened again."""

from lms.assessment.views.accommodations import bp as accommodations
from lms.assessment.views.quiz import bp as quiz
from lms.assessment.views.rescoring import bp as rescoring
from lms.assessment.views.unlocking import bp as unlocking

BLUEPRINTS = (quiz, unlocking, accommodations, rescoring)
