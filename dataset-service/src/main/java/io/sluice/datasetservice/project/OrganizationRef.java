package io.sluice.datasetservice.project;

/** The organization of a project, as the published API shows it there (contract ml §F.2). */
record OrganizationRef(String id, String name) {}
