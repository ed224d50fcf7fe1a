/** Items of a dataset, files and directories, with their metadata. */
@NullMarked
package io.sluice.itemservice.item;

import org.jspecify.annotations.NullMarked;
