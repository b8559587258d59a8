"""The pure core: evidence, policy, claims, verdict, plan, report. No I/O and no clock."""
