package io.sluice.kit.auth;

/** What can be allowed: verb and noun. {@link Role} says who has it in a project, {@link OrganizationRole} in an organization. */
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
    DELETE_ITEM,
    ANNOTATE_ITEM,
    READ_MODEL,
    CREATE_MODEL,
    UPDATE_MODEL,
    DELETE_MODEL,
    RUN_MODEL,
    READ_ORGANIZATION,
    ADD_PROJECT,
    UPDATE_ORGANIZATION,
    MANAGE_ORGANIZATION_MEMBERS,
    MANAGE_GROUPS,
    READ_AUDIT_LOG,
    DELETE_ORGANIZATION;

    /** Whether it is a matter of organizations, else it is one of projects. */
    public boolean isOfOrganizations() {
        return compareTo(READ_ORGANIZATION) >= 0;
    }
}
