# Ten resources.
class differential::hundred::c001 {
  notify { 'c001 1':
    message => "1 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 2':
    message => "2 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 3':
    message => "3 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 4':
    message => "4 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 5':
    message => "5 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 6':
    message => "6 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 7':
    message => "7 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 8':
    message => "8 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 9':
    message => "9 of class c001 on ${facts['networking']['hostname']}",
  }
  notify { 'c001 10':
    message => "10 of class c001 on ${facts['networking']['hostname']}",
  }
}
