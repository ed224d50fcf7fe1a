/** What is wrong with the ground that a service stands on, for whoever runs it. */
@NullMarked
package io.sluice.kit.doctor;

import org.jspecify.annotations.NullMarked;
