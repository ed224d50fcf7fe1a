package io.sluice.kit.auth;

/** What can be allowed in a project: verb and noun. {@link Role} says who has it. */
public enum Permission {
    READ_PROJECT,
    UPDATE_PROJECT,
    DELETE_PROJECT,
    MANAGE_MEMBERS,
    READ_DATASET,
    CREATE_DATASET,
    UPDATE_DATASET,
    DELETE_DATASET,
    READ_ITEM,
    CREATE_ITEM,
    UPDATE_ITEM,
    DELETE_ITEM
}
