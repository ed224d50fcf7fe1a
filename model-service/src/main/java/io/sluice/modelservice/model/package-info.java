/** Models: what somebody trained, what it answers, and where its files lie. */
@NullMarked
package io.sluice.modelservice.model;

import org.jspecify.annotations.NullMarked;
