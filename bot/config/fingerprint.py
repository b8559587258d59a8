"""Fingerprints: of what is decided or asked, not of how or where it is written. Pure.

Waivers are bound to them, so sixteen digits: of eight, another policy with the same ones could be made within minutes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from bot.assessment.evidence import Criterion, CriterionId
from bot.config.criteria import FaultyCriterion
from bot.probes.contract import Question

DIGITS = 16


def fingerprint(shape: Mapping[str, object]) -> str:
    """The fingerprint of a shape that `json` can write."""
    text = json.dumps(shape, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def canonical(question: Question) -> Mapping[str, object]:
    """All that a question consists of, defaults included."""
    return {
        "criterion": asdict(question.criterion),
        "params": question.params.model_dump(mode="json", by_alias=True),
        "before": question.ask_before,
    }


def told(faulty: FaultyCriterion) -> Mapping[str, object]:
    """All that is known of a criterion that cannot be asked as written."""
    return {"criterion": asdict(faulty.criterion), "faults": [fault.text for fault in faulty.faults]}


def asks(
    questions: Iterable[Question], faulty: Iterable[FaultyCriterion], unmeasured: Iterable[Criterion]
) -> Mapping[CriterionId, str]:
    """The fingerprint of what is asked under each name; of a claim that nothing measures, of its kind and words."""
    return {
        **{one.criterion.id: fingerprint(canonical(one)) for one in questions},
        **{one.criterion.id: fingerprint(told(one)) for one in faulty},
        **{one.id: fingerprint({"criterion": asdict(one)}) for one in unmeasured},
    }
