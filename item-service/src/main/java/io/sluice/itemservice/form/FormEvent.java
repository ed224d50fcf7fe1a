package io.sluice.itemservice.form;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Some more bytes of a part; a part has at least one of these.
 *
 * @param content to be released by who takes it; empty at times
 * @param isLast whether the part ends with it
 */
public record FormEvent(FormPart part, DataBuffer content, boolean isLast) {}
