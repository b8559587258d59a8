"""How far apart two words are: what was probably meant. Pure."""


def distance(left: str, right: str) -> int:
    """How many single-character edits apart two words are (Damerau-Levenshtein, adjacent swaps count once)."""
    if abs(len(left) - len(right)) > 3:
        return 4
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]
