package io.sluice.datasetservice.group;

import java.util.List;

/** What auth-service says about a group; members are e-mails. */
public record KnownGroup(String id, String name, String organizationId, List<String> members) {}
