"""The pages of people who work: `/werk` for a crew, `/balie` for the front desk."""
