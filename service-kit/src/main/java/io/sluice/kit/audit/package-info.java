/** What is kept of every change and refusal: who, what, when, where from, and digests of before and after. */
@NullMarked
package io.sluice.kit.audit;

import org.jspecify.annotations.NullMarked;
