/*
 * sequence_message: the messages of sequences: which text a step stands for,
 * and the mail that it becomes. Between follow_up, which knows when, and
 * message, which knows texts.
 */
#ifndef SEQUENCE_MESSAGE_H
#define SEQUENCE_MESSAGE_H

#include "src/follow_up/sequence.h"

/* Is every template of the steps there, and can every text be filled? Adds a
 * detail for each that cannot, at "/steps/2/message/...". */
bool sequence_messages_check(struct work *, const struct sequence *);

/* Why the lead gets no message of this step ("no_consent", ...), or NULL. */
bool sequence_message_left_out(struct work *, const struct sequence_step *,
                               const struct lead *, const char **why);

extern const struct job_kind sequence_mail_job;

#endif
