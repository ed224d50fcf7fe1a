package io.sluice.cli.gate;

import java.net.http.HttpHeaders;

/** What the gate has answered that is no failure. */
public record Answer<T>(int status, HttpHeaders headers, T body) {}
