"""Whole bookings under one fault each, at a seeded moment, judged by what really happened."""
