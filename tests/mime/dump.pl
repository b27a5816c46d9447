#!/usr/bin/perl
# SPDX-License-Identifier: BSL-1.0
# dump.pl DIR: what Perl's MIME-tools and Mail::Address read in each message of a folder: its subject,
# the names in From and To, the tree of its parts, and of each file in it the name and the SHA-256 of
# its octets. Strings are in hexadecimal.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Encode qw(decode encode);
use Mail::Address;
use MIME::Parser;

my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->tmp_to_core(1);

sub dump_string {
  my ($word, $string) = @_;
  print "$word ", unpack('H*', $string), "\n";
}

# A field as it stands there, unfolded, but for the blank behind its name.
sub field {
  my ($message, $name) = @_;
  my $value = $message->head->get($name) // '';
  $value =~ s/\r?\n//g;
  $value =~ s/^ //;
  return $value;
}

# What encoded words say, in UTF-8, unless it is raw.
sub words {
  my ($value) = @_;
  return $value if $value =~ /[^\0-\x7F]/;
  return encode('UTF-8', decode('MIME-Header', $value));
}

sub dump_names {
  my ($message, $field) = @_;
  for my $who (Mail::Address->parse(field($message, $field))) {
    my $name = $who->phrase // '';
    $name =~ s/\\(.)/$1/g if $name =~ s/^"(.*)"$/$1/s;
    dump_string($field, words($name));
  }
}

sub tree {
  my ($part) = @_;
  my $type = $part->effective_type;
  return $part->parts ? "$type(" . join(',', map { tree($_) } $part->parts) . ')' : $type;
}

sub dump_files {
  my ($part) = @_;
  return map { dump_files($_) } $part->parts if $part->parts;
  my $disposition = $part->head->mime_attr('content-disposition') // '';
  return if $disposition eq '';
  my $name = $part->head->mime_attr('content-disposition.filename') // '';
  print 'name ', unpack('H*', encode('UTF-8', decode('MIME-Header', $name))), "\n";
  print 'digest ', sha256_hex($part->bodyhandle->as_string), "\n";
}

for my $path (sort glob "$ARGV[0]/*") {
  print "message\n";
  open my $file, '<:raw', $path or die "$path: $!";
  my $message = $parser->parse($file);
  my $subject = field($message, 'subject');
  dump_string('subject', words($subject));
  dump_names($message, 'from');
  dump_names($message, 'to');
  dump_string('tree', tree($message));
  dump_files($message);
}
