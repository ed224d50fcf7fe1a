package io.sluice.modelservice.dpk;

/** A version of a DPK, and what all of its versions have in common. */
public record FoundDpk(Dpk dpk, DpkRevision revision) {}
